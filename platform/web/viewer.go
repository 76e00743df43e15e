package web

import (
	"slices"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Role names what a post lets its holder do.
type Role string

// The roles. The scope in brackets is the kind a post of the role is held for.
const (
	RoleClerk          Role = "clerk"          // decides for an office (office)
	RoleOfficer        Role = "officer"        // manages a group (group)
	RoleRepresentative Role = "representative" // speaks for a group (group)
	RoleMinsei         Role = "minsei"         // 民生委員 (district)
	RoleBridge         Role = "bridge"         // translates and explains (city)
	RoleCommittee      Role = "committee"      // member of the committee (city)
	RoleOperator       Role = "operator"       // runs the installation (city)
)

// Scope is what a post is held for. The city itself has ID 0.
type Scope struct {
	Kind string // city, office, group, programme or district
	ID   db.ID
}

// Post is a role held for a scope, valid now.
type Post struct {
	Role  Role
	Scope Scope
}

// Viewer is whoever sends a request. The zero Viewer is anonymous.
type Viewer struct {
	Person       db.ID
	Name         string
	Lang         i18n.Lang // the person's language, "" when never chosen
	Posts        []Post    // the posts held now
	OnBehalfOf   db.ID     // the person acted for (代理入力), 0 for oneself
	OnBehalfName string
	Demo         bool // the server is a demo
}

// SignedIn reports whether the viewer is a known person.
func (v Viewer) SignedIn() bool { return v.Person != 0 }

// Holds reports whether the viewer holds a post of the role for any scope.
func (v Viewer) Holds(r Role) bool {
	return slices.ContainsFunc(v.Posts, func(p Post) bool { return p.Role == r })
}

// HoldsFor reports whether the viewer holds a post of the role for the scope.
func (v Viewer) HoldsFor(r Role, s Scope) bool {
	return slices.Contains(v.Posts, Post{Role: r, Scope: s})
}

// Scopes returns what the viewer holds the role for, in the order of the posts.
func (v Viewer) Scopes(r Role) []Scope {
	var out []Scope
	for _, p := range v.Posts {
		if p.Role == r {
			out = append(out, p.Scope)
		}
	}
	return out
}
