"""The ids in the examples of the vendor's OpenAPI document and page, so that a request copied from them finds contacts.

The document uses one id as pipeline_id, stage_id and default_stage_id; the example answer on the page has the others.
"""

EXAMPLE_PIPELINE = "123e4567-e89b-12d3-a456-426614174000"
EXAMPLE_STAGES = (
    "123e4567-e89b-12d3-a456-426614174000",
    "770e8400-e29b-41d4-a716-446655440002",
    "aa0e8400-e29b-41d4-a716-446655440005",
    "cc0e8400-e29b-41d4-a716-446655440007",
)
