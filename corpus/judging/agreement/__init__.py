"""What filters agree on: votes, the label model behind them, and what it says of each voter."""
