"""Notifications of a drill sent to real tools: off unless asked for, and marked as drill wherever they go."""
