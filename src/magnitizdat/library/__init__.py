"""What I own, unreadable without my passphrase: key slot, index, vault, and the one place that writes."""
