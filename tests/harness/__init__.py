"""Real parts for the tests: a database server, product processes, mail servers, a browser."""
