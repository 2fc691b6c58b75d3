"""A concert in a flat: guests on the same Wi-Fi, with a browser alone. Their own port, and no way to the owner's."""
