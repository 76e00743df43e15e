package ui

// Field is one of the five fields of collaboration, as the colour and the door
// of a thing: what web.Meta.Field carries as a string.
type Field string

// The five fields in the order of the doors.
const (
	FieldPlace Field = "place" // 場の提供, 藍
	FieldTake  Field = "take"  // きっかけづくり, 山吹
	FieldWatch Field = "watch" // 見守り, 若竹
	FieldHelp  Field = "help"  // 助け合い, 茜
	FieldAsk   Field = "ask"   // コーディネート, 藤
)

// Fields lists the fields in the order of the doors.
var Fields = []Field{FieldPlace, FieldTake, FieldWatch, FieldHelp, FieldAsk}

// Icon returns the drawing of the field's door.
func (f Field) Icon() Icon { return Icon(f) }

// VerbKey returns the message key of the door's verb: 借りる.
func (f Field) VerbKey() string { return "ui.door." + string(f) }

// NameKey returns the message key of the field's official name: 場の提供.
func (f Field) NameKey() string { return "ui.field." + string(f) }
