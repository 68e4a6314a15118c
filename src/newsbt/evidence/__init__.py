"""What stands beside a result: who else could have made it, and of what it is made."""
