"""How the judge asks: the client, the answers, the document, the options."""
