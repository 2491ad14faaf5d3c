namespace QatPipeline.Engines;

/// <summary>An engine cannot be built, loaded or run; the message says what, where and what to do about it.</summary>
public sealed class EngineException : Exception
{
    /// <summary>The failure, as told.</summary>
    public EngineException(string message) : base(message)
    {
    }

    /// <summary>The failure of a back end's library.</summary>
    public EngineException(string message, Exception cause) : base(message, cause)
    {
    }
}
