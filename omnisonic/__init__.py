"""The house: settings, embedded engine, supervisor, command line and the ASGI composition root.

Nothing below may import this package, and no music knowledge belongs here.
"""
