"""Medicines as data: substances, products, classes and the rules about them."""
