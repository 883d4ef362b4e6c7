"""Turns other people's files into changes of the graph: fetch, parse, map, link, commit."""
