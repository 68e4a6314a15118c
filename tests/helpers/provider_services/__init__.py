"""Services of price providers on the loopback address, which answer in the shapes that client libraries parse."""
