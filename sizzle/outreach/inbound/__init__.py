"""What comes back: logs of mail servers, bounces, complaints, answers, and providers' webhooks."""
