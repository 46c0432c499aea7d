"""Connectors under the sync check: the contacts endpoint for dlt, airbyte-cdk and singer-sdk, each as a ready file."""
