"""Context, vocabulary and RDF writers, derived from the declarations. Pure."""
