"""Pages of consents and agreements: a family's tab, its forms, the agreement on paper, the directory of services."""
