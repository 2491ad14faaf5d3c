using QatPipeline.TrtexecSupport;

return StandIn.Run(args);
