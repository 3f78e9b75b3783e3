namespace Chain.Node;

/// <summary>Something the user can mend; the message is one sentence with the value and the remedy, printed as it stands.</summary>
public sealed class UserException(string message) : Exception(message);
