"""What verbs do that build no stage: each module takes a request and gives the text that is printed."""
