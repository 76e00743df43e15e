package person

import (
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Directory knows what posts are held for. Groups, offices, programmes and
// districts live in other modules; the house hands their names in.
type Directory interface {
	// ScopeName names a group, office, programme or district; an empty Text
	// when there is none.
	ScopeName(tx *db.Tx, s web.Scope) (i18n.Text, error)
	// Scopes lists every scope of the kind that a post may be given for, in the
	// order in which a form offers them.
	Scopes(tx *db.Tx, kind string) ([]web.Scope, error)
	// GroupsOf lists the groups that the person belongs to.
	GroupsOf(tx *db.Tx, who db.ID) ([]web.Scope, error)
}

// NoDirectory knows nothing: posts show their role alone.
type NoDirectory struct{}

// ScopeName names nothing.
func (NoDirectory) ScopeName(*db.Tx, web.Scope) (i18n.Text, error) { return nil, nil }

// Scopes lists nothing.
func (NoDirectory) Scopes(*db.Tx, string) ([]web.Scope, error) { return nil, nil }

// GroupsOf lists nothing.
func (NoDirectory) GroupsOf(*db.Tx, db.ID) ([]web.Scope, error) { return nil, nil }

// PostLabel names a post as its reader knows it: the role, and what it is for.
func PostLabel(tx *db.Tx, d Directory, loc *i18n.Localizer, role web.Role, scope web.Scope) (string, error) {
	word := RoleWord(loc, role)
	if scope.Kind == "city" {
		return word, nil
	}
	name, err := d.ScopeName(tx, scope)
	if err != nil {
		return "", err
	}
	where := loc.Text(name)
	if where == "" {
		return word, nil
	}
	return loc.T("people.post.for", "role", word, "scope", where), nil
}

// RoleWord is the name of a role.
func RoleWord(loc *i18n.Localizer, role web.Role) string { return loc.T("people.role." + string(role)) }
