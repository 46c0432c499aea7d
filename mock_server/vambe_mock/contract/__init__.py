"""The vendor's contract: how a query is read, what a contact is, what a refusal says."""
