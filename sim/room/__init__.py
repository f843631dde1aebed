"""The rooms people meet a drill in; today the line console."""
