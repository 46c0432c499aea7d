"""The ids that the vendor's document and page use in their examples: a request copied from there finds something.

The document has one id for pipeline_id, stage_id and default_stage_id; the answer on the page has the other three.
"""

EXAMPLE_PIPELINE = "123e4567-e89b-12d3-a456-426614174000"
EXAMPLE_STAGES = (
    "123e4567-e89b-12d3-a456-426614174000",
    "770e8400-e29b-41d4-a716-446655440002",
    "aa0e8400-e29b-41d4-a716-446655440005",
    "cc0e8400-e29b-41d4-a716-446655440007",
)
