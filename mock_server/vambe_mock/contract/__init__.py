"""The vendor's contract: how a query reads, what a contact is, what a refusal says."""
