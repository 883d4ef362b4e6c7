"""Pages every installation has: landing, explorer, docs, errors. They use the public schema like any client."""
