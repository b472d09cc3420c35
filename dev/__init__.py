"""What only development and tests need. Nothing under here is imported by the shop."""
