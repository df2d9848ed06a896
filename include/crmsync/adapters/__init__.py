"""The two CRMs: each behind one gateway, the only code that knows a vendor's client."""
