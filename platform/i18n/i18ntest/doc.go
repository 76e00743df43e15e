// Package i18ntest proves that messages are complete, plausible and used.
//
// A module's test says
//
//	func TestMessages(t *testing.T) {
//		i18ntest.Complete(t, "places", messages)
//		i18ntest.Keys(t, i18n.Source{Name: "places", FS: messages}, ".")
//	}
//
// Complete compares the ten files of one source with each other. Keys reads the
// Go and templ sources of the module: each key that is asked for must exist,
// with its values given, and each message must be asked for. test/arch does the
// same over the whole repository with Scan and Uses.Check.
//
// Keys knows T, Flash, Refuse, Check.Field, fault.New, i18n.Key, fields of
// structs whose names end in Key, and every function and method with a string
// parameter that is called key or ends in Key. An audit.Entry with the action
// places.reserve asks for places.audit.reserve, an inbox.Item of the kind
// places.reservation for places.inbox.reservation. The messages K.kept and
// K.todo are used where K is.
//
// A key that is put together, as in T(ctx, "places.kind."+kind), uses every
// message that begins so. Where the source does not show it, a comment does:
//
//	//i18n:uses places.kind.*
package i18ntest
