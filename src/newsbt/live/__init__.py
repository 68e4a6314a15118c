"""What a run knows as of an instant: orders to send and events to come."""
