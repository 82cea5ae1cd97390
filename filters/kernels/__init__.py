"""Compiled passes over Arrow buffers. Each has a naive Python twin in the tests."""
