"""Layer 1: requests, responses, the OpenAPI document, the options."""
