namespace QatPipeline.Messaging.Broker;

/// <summary>A delivery cannot be ended here and now: the process stops, or the broker takes no message.</summary>
internal sealed class DeliveryInterruptedException(string message) : Exception(message);
