"""Who may be told what, in which words and when: pure decisions about outreach."""
