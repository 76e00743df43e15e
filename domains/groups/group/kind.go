package group

import (
	"slices"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Kind is what sort of group it is.
type Kind string

// The kinds. An office is a 課 of the city, or a body that decides like one;
// its ID is the scope of its clerks' posts.
const (
	Association Kind = "association" // 町会・自治会
	NPO         Kind = "npo"
	Civic       Kind = "civic" // 市民団体
	Student     Kind = "student"
	Company     Kind = "company"
	School      Kind = "school"
	SeniorClub  Kind = "senior_club"
	DisasterOrg Kind = "disaster_org" // 自主防災組織
	Office      Kind = "office"
)

// Kinds are the kinds in the order of a menu; Office, which nobody applies for,
// is last.
var Kinds = []Kind{Association, NPO, Civic, Student, SeniorClub, DisasterOrg, School, Company, Office}

// ParseKind returns the kind of that name.
func ParseKind(s string) (Kind, bool) {
	k := Kind(s)
	return k, slices.Contains(Kinds, k)
}

// Word is the kind's name.
//
//i18n:uses groups.kind.*
func (k Kind) Word(loc *i18n.Localizer) string { return loc.T("groups.kind." + string(k)) }

// Role is what a member does for the group.
type Role string

// The roles. Plain members have none.
const (
	Plain          Role = ""
	Representative Role = "representative"
	Treasurer      Role = "treasurer"
	Officer        Role = "officer"
)

// Roles are the offices of a group, the first first.
var Roles = []Role{Representative, Treasurer, Officer}

// Post is the post that the role brings.
func (r Role) Post() web.Role {
	if r == Representative {
		return web.RoleRepresentative
	}
	return web.RoleOfficer
}

// Word is the role's name.
//
//i18n:uses groups.role.*
func (r Role) Word(loc *i18n.Localizer) string {
	if r == Plain {
		return loc.T("groups.role.member")
	}
	return loc.T("groups.role." + string(r))
}

// State is how far a group has come.
type State string

// The states. Registered says that it once was; whether it still is follows
// from the date, see Group.Standing.
const (
	Draft      State = "draft"
	Sent       State = "sent"
	Changes    State = "changes" // the office asks for changes
	Refused    State = "refused"
	Registered State = "registered"
	Lapsed     State = "lapsed" // a Standing and a filter; never stored
	Closed     State = "closed"
)

// States are the states that a filter offers.
var States = []State{Sent, Changes, Registered, Lapsed, Refused, Draft, Closed}

// Word is the state's name.
//
//i18n:uses groups.state.*
func (s State) Word(loc *i18n.Localizer) string { return loc.T("groups.state." + string(s)) }

// Ties are how a member belongs to the city, as the rules count it: who lives,
// works or studies here is a resident.
var Ties = []string{"lives", "works", "studies", "outside"}
