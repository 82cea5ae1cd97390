"""What determines a stage: its code, and what that code wrote when it was last checked."""
