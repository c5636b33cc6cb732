"""Solon: policies for messages."""
