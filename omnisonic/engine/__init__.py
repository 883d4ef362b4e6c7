"""The embedded Neo4j: its jars, its Java, its configuration and its process.

It never speaks more Bolt than the handshake; sessions belong to `graph`.
"""

from omnisonic.engine.process import Endpoint, Engine, start

__all__ = ["Endpoint", "Engine", "start"]
