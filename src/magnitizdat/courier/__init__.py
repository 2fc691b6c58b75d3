"""What is worth carrying, and how far it comes in a city of couriers. PURE: numbers in, an order out."""
