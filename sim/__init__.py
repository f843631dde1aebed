"""The simulated world, its alerts, its people, the drill, and the rooms people meet it in.

`sim` stands alone: it imports nothing from `scenarios`, `scoring` or `cli`.
"""
