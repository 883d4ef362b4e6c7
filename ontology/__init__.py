"""What music is made of, declared once. Standard library only; imports nothing of the rest."""
