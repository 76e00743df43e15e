package group

import (
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// People is what groups need of persons and their posts.
type People interface {
	// GivePost lets a person hold a role for a scope from one day to another,
	// both included.
	GivePost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, since, until jp.Date, reason string) (db.ID, error)
	// EndPost ends the posts of the role for the scope that the person holds or
	// will hold.
	EndPost(tx *db.Tx, who db.ID, role web.Role, scope web.Scope, reason string) (int, error)
	// PostsNow returns the posts that the person holds today.
	PostsNow(tx *db.Tx, person db.ID) ([]web.Post, error)
	// HoldersOf returns who holds the role for the scope today.
	HoldersOf(tx *db.Tx, role web.Role, scope web.Scope) ([]db.ID, error)
	// PersonName is the name others see.
	PersonName(tx *db.Tx, who db.ID) (string, error)
	// PersonTown is where the person lives; "" when not known.
	PersonTown(tx *db.Tx, who db.ID) (string, error)
	// PersonLang is the language the person reads best.
	PersonLang(tx *db.Tx, who db.ID) (i18n.Lang, error)
	// FindPerson looks for the one person who has the phone number or mail
	// address.
	FindPerson(tx *db.Tx, contact string) (who db.ID, found bool, err error)
}

// Sender keeps a message to a person in the transaction.
type Sender interface {
	Send(tx *db.Tx, m deliver.Message) error
}

// Service is the use cases that touch posts, mails or the inbox. Each runs in
// its caller's transaction.
type Service struct {
	people People
	send   Sender
}

// NewService returns the use cases; it does no I/O.
func NewService(people People, send Sender) *Service { return &Service{people: people, send: send} }

// Leads returns the groups in which the person holds an office today by post,
// representatives' first.
func (s *Service) Leads(tx *db.Tx, person db.ID) (ids []db.ID, err error) {
	posts, err := s.people.PostsNow(tx, person)
	if err != nil {
		return nil, err
	}
	seen := map[db.ID]bool{}
	for _, role := range []web.Role{web.RoleRepresentative, web.RoleOfficer} {
		for _, p := range posts {
			if p.Role == role && p.Scope.Kind == "group" && !seen[p.Scope.ID] {
				seen[p.Scope.ID] = true
				ids = append(ids, p.Scope.ID)
			}
		}
	}
	return ids, nil
}
