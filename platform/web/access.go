package web

import (
	"strings"
)

// Access says who may use a route. The zero Access is none at all, and a route
// with it cannot be registered.
type Access struct {
	kind  accessKind
	name  string
	roles []Role
	check func(*Context) (bool, error)
	any   []Access
	shown bool // who is not concerned learns that the thing exists
}

type accessKind uint8

const (
	accessNone accessKind = iota
	accessPublic
	accessSignedIn
	accessHolding
	accessConcerned
	accessLink
	accessAny
	accessDemo
)

// Public lets everybody in.
func Public() Access { return Access{kind: accessPublic} }

// SignedIn lets every known person in.
func SignedIn() Access { return Access{kind: accessSignedIn} }

// Holding lets in who holds a post of one of the roles, for whatever scope.
// Which scope matters is for the handler's query or for Concerned.
func Holding(roles ...Role) Access { return Access{kind: accessHolding, roles: roles} }

// Concerned lets in a known person for whom check says yes: the thing in the
// path is theirs, or their post's scope holds it. Everybody else meets
// NotFound, so that nobody learns what exists; see Shown.
func Concerned(name string, check func(c *Context) (bool, error)) Access {
	return Access{kind: accessConcerned, name: name, check: check}
}

// ByLink lets in whoever holds the secret in the address (a calendar's token),
// signed in or not. Everybody else meets NotFound.
func ByLink(name string, check func(c *Context) (bool, error)) Access {
	return Access{kind: accessLink, name: name, check: check}
}

// AnyOf lets in whom one of the alternatives lets in.
func AnyOf(alternatives ...Access) Access { return Access{kind: accessAny, any: alternatives} }

// DemoOnly lets everybody in on a demo server; elsewhere the route does not
// exist.
func DemoOnly() Access { return Access{kind: accessDemo} }

// Shown makes who is not concerned meet Denied (403) instead of NotFound, for
// things whose existence is public.
func (a Access) Shown() Access {
	a.shown = true
	return a
}

// String returns the access as the matrix of routes lists it, for example
// "any(holding(clerk), concerned(reservation.mine))".
func (a Access) String() string {
	switch a.kind {
	case accessPublic:
		return "public"
	case accessSignedIn:
		return "signed-in"
	case accessHolding:
		names := make([]string, len(a.roles))
		for i, r := range a.roles {
			names[i] = string(r)
		}
		return "holding(" + strings.Join(names, ", ") + ")"
	case accessConcerned:
		return "concerned(" + a.name + ")"
	case accessLink:
		return "link(" + a.name + ")"
	case accessAny:
		names := make([]string, len(a.any))
		for i, b := range a.any {
			names[i] = b.String()
		}
		return "any(" + strings.Join(names, ", ") + ")"
	case accessDemo:
		return "demo"
	}
	return "none"
}
