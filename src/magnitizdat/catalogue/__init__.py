"""What a label signs and how it is verified: documents, the TUF workflow, publishing, succession.

The one home of `tuf` and `securesystemslib`. Pure but for the seeds that `publisher` draws.
"""
