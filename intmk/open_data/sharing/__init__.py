"""The picture that stands beside a shared link."""
