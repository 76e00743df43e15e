package ui

func passkeyKind(create bool) string {
	if create {
		return "create"
	}
	return "get"
}
