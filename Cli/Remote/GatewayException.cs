using QatPipeline.Foundation;

namespace QatPipeline.Cli.Remote;

/// <summary>The gateway cannot be reached or refused; the message says why and what to do.</summary>
internal sealed class GatewayException(string message, Exception? cause = null) : InputException(message, cause);
